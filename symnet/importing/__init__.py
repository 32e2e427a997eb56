"""From trained models to descriptions: a module a framework, none of which is imported unless a model comes from it."""

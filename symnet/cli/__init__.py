"""The command line: the only place that reads arguments, prints, and turns errors into exit codes."""

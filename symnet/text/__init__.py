"""Every sentence that readers meet."""

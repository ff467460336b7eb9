"""Only names the plugins: fixtures and hooks are in tests/fixtures, one file for each thing they provide."""

pytest_plugins = ["tests.fixtures.databases", "tests.fixtures.run_hooks"]

"""Only names the plugins: fixtures and hooks are in tests/fixtures, one file for each thing they provide."""

# In the order in which they import each other: pytest rewrites asserts only in what it imports first.
pytest_plugins = [
    "tests.fixtures.browser",
    "tests.fixtures.compiled_addresses",
    "tests.fixtures.compiled_statements",
    "tests.fixtures.compiled_templates",
    "tests.fixtures.databases",
    "tests.fixtures.services",
    "tests.fixtures.installation",
    "tests.fixtures.fund_process",
    "tests.fixtures.run_hooks",
]

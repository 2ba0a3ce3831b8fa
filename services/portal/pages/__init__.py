"""The pages that people see: routes, words, templates' values, live updates, and problem pages."""

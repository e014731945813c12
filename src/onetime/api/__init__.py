"""Door for programs and people: HTTP in, operations and queries called; it holds no rules."""

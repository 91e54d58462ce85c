"""The query plans of every statement that the package can send."""

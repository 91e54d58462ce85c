"""The package inside a Python Worker."""

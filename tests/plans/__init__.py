"""How each engine reads for every statement that the package can send."""

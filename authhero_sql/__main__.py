"""``python -m authhero_sql`` is the command ``authhero-sql``."""

from .cli import main

if __name__ == "__main__":
    main()

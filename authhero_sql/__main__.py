"""The entry point of ``python -m authhero_sql``, which is the same as ``authhero-sql``."""

from .cli import main

if __name__ == "__main__":
    main()

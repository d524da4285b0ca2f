"""``python -m mempress``."""

from mempress.cli import main

if __name__ == "__main__":
    main()

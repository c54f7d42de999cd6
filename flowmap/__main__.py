"""`python -m flowmap`: the command line where the `flowmap` command is not on the PATH."""

from flowmap.cli import main

if __name__ == "__main__":
    main(prog_name="flowmap")

"""Changes the installed ElasticBLAST. Run once when the image is built; a place that is not as it was known to be ends
the build, so that another version is never changed by half.

1. The options of BLAST+ reach it as they were meant: the words of -outfmt are one argument (options.sh).
2. A result of an earlier attempt in the same pod is replaced instead of being kept.
3. No ClusterRoleBinding to cluster-admin is made: what the search needs is bound once at set-up (rbac.yaml).
"""

import pathlib
import sys

import elastic_blast

PACKAGE = pathlib.Path(elastic_blast.__file__).parent


def change(file: pathlib.Path, before: str, after: str) -> None:
    """Replaces what stands there exactly once."""
    text = file.read_text(encoding="utf-8")
    found = text.count(before)
    if found != 1:
        sys.exit(f"{file}: {before!r} stands there {found} times instead of once")
    file.write_text(text.replace(before, after), encoding="utf-8")


def options(here: pathlib.Path) -> None:
    script = PACKAGE / "templates" / "scripts" / "blast-run-aks.sh"
    ours = (here / "options.sh").read_text(encoding="utf-8")
    first = "#!/bin/bash\n"
    change(script, first, first + ours)
    change(script, '\n$ELB_BLAST_OPTIONS \\\n', '\n"${options[@]}" \\\n')
    change(script, '\n    gzip "$RESULTS_DIR', '\n    gzip -f "$RESULTS_DIR')


def binding() -> None:
    module = PACKAGE / "kubernetes.py"
    name = "def enable_service_account("
    if name not in module.read_text(encoding="utf-8"):
        sys.exit(f"{module}: {name!r} is not there")
    with module.open("a", encoding="utf-8") as out:
        out.write(
            "\n\ndef enable_service_account(cfg):\n"
            '    """Nothing is bound here: the Roles of a search are bound once, when the cluster is set up."""\n'
        )


if __name__ == "__main__":
    options(pathlib.Path(__file__).parent)
    binding()

import ast
from collections.abc import Collection
from typing import Any


def constants(source: str, names: Collection[str]) -> dict[str, Any]:
    """What a module's top level assigns to these names, read and not run; raises ValueError where it is no literal."""
    return {
        target.id: ast.literal_eval(statement.value)
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name) and target.id in names
    }

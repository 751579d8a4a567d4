"""Findings as SARIF 2.1.0, which code-scanning services and editors read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sarif_pydantic import (
    ArtifactLocation,
    Invocation,
    Level,
    Location,
    LogicalLocation,
    Message,
    PhysicalLocation,
    Region,
    ReportingDescriptor,
    Result,
    Run,
    Sarif,
    Tool,
    ToolDriver,
)

from gate.ledger import LEDGER

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_CLAIMS = {claim.id: claim for claim in LEDGER}


@dataclass(frozen=True, slots=True)
class Row:
    """One broken claim: `uri` is the file that shows it, `within` the place in it, `facts` what scripts may want."""

    claim: str
    text: str
    uri: str
    within: str
    is_failure: bool = True
    facts: Mapping[str, object] = field(default_factory=dict)


def write_sarif(path: Path, rows: Sequence[Row], blocked: Iterable[str]) -> None:
    """What could not be looked at makes the invocation one that did not succeed, and is a notification each."""
    notes = [{"level": "error", "message": {"text": why}} for why in blocked]
    used = list(dict.fromkeys(row.claim for row in rows))
    invocation = Invocation(execution_successful=not notes, toolExecutionNotifications=notes)
    run = Run(
        tool=Tool(driver=ToolDriver(name="pocketgate", rules=[_rule(claim) for claim in used])),
        results=[_result(row, used.index(row.claim)) for row in rows],
        invocations=[invocation],
    )
    sarif = Sarif(version="2.1.0", runs=[run])
    text = sarif.model_dump_json(by_alias=True, exclude_none=True, indent=1, exclude={"schema_uri"})
    path.write_text(text.replace("{", f'{{\n "$schema": "{_SCHEMA}",', 1) + "\n", "utf-8")


def write_run_sarif(verdict: Mapping[str, Any], path: Path) -> None:
    """The broken claims of a run, each at the check that says so; what is blocked is a notification."""
    claims = verdict["claims"]
    rows = [_of_claim(row) for row in claims if row["status"] == "broken"]
    blocked = [f"{row['id']} on {row['phone']}: {row['reason']}" for row in claims if row["status"] == "blocked"]
    write_sarif(path, rows, [*blocked, *verdict["troubles"], *(death["words"] for death in verdict["deaths"])])


def _of_claim(row: Mapping[str, Any]) -> Row:
    check = next((one["test"] for one in row["attempts"] if one["status"] == "broken"), "suites")
    facts = {"phone": row["phone"], "evidence": row["evidence"]}
    return Row(row["id"], row["reason"], check.partition("::")[0], f"{row['phone']}: {check}", facts=facts)


def _rule(claim: str) -> ReportingDescriptor:
    known = _CLAIMS.get(claim)
    tags = [*known.masvs, *known.mastg, *known.maswe] if known else []
    text = known.text if known else claim
    return ReportingDescriptor(id=claim, short_description=Message(text=text), properties={"tags": tags})


def _result(row: Row, index: int) -> Result:
    return Result(
        rule_id=row.claim,
        rule_index=index,
        level=Level.ERROR if row.is_failure else Level.NOTE,
        message=Message(text=row.text),
        locations=[
            Location(
                physical_location=PhysicalLocation(
                    artifact_location=ArtifactLocation(uri=row.uri),
                    region=Region(start_line=1),  # code-scanning services refuse a place without a line
                ),
                logical_locations=[LogicalLocation(fully_qualified_name=row.within)],
            )
        ],
        properties=dict(row.facts),
    )

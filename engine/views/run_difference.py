"""What tells two training runs apart, as a list of changes: recipe, data, and what became of the network."""

from __future__ import annotations

from collections.abc import Iterator

from engine.design.error import DesignError
from engine.design.knob import Entry
from engine.design.project import Project
from engine.views.comparison import Change, compare, entry_changes, said

_NAMES = {
    "set": "data set", "train_share": "share that trains", "batch_size": "batch", "lr": "learning rate",
    "weight_decay": "weight decay",
}  # fmt: skip


def differences(before: Project, after: Project) -> tuple[Change, ...]:
    """The recipe and the data first, then the network; () where the runs have the same design."""
    return (
        *_parts(vars(before.training), vars(after.training)),
        *_parts(vars(before.data), vars(after.data)),
        *_network(before, after),
    )


def _parts(old: dict[str, object], new: dict[str, object]) -> Iterator[Change]:
    """Fields of a recipe or of data. Both have one called seed, which the place in the list does not tell apart."""
    name_of_seed = "seed" if "optimizer" in old else "seed of the data"
    for name, value in old.items():
        now = new.get(name)
        if value == now:
            continue
        if isinstance(value, Entry) and isinstance(now, Entry):
            for change in entry_changes(name, value, now):
                yield change._replace(field=_NAMES.get(change.field, change.field))
        else:
            yield Change(
                name_of_seed if name == "seed" else _NAMES.get(name, name), said(value), said(now)
            )


def _network(before: Project, after: Project) -> Iterator[Change]:
    if before.network == after.network:
        return
    try:
        found = compare(before.network, after.network)
    except DesignError:
        yield Change("network", before.network.name, after.network.name)
        return
    yield from found.network
    for row in found.rows:
        name = row.side.path
        if row.changes:
            yield from (each._replace(field=f"{name} {each.field}") for each in row.changes)
        elif row.before is None:
            yield Change(name, "", "added")
        elif row.after is None:
            yield Change(name, "", "removed")

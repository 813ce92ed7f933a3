"""Undo without end: a chain of the very values that were, each with the edit that led to it."""

from __future__ import annotations

from engine.design.project import Project, ProjectEdit, edited, goes_on
from engine.design.value import replace, value


@value
class Step:
    """A project, the edit that made it, and what was before."""

    project: Project
    edit: ProjectEdit | None = None
    before: Step | None = None


@value
class History:
    """The present step, and the steps that were undone, the next one first.

    An edit after an undo forgets what was undone. `sealed` keeps the next edit from merging with the last one.
    """

    step: Step
    undone: tuple[Step, ...] = ()
    sealed: bool = True

    @staticmethod
    def of(project: Project) -> History:
        """A history that begins with `project`."""
        return History(Step(project))

    @property
    def present(self) -> Project:
        return self.step.project

    @property
    def undo_edit(self) -> ProjectEdit | None:
        """The edit that an undo would take back, None at the beginning."""
        return self.step.edit

    @property
    def redo_edit(self) -> ProjectEdit | None:
        """The edit that a redo would bring back, None where nothing is undone."""
        return self.undone[0].edit if self.undone else None

    def done(self, edit: ProjectEdit) -> History:
        """After an edit; the same history when it changes nothing. Raises DesignError when it does not apply.

        While a value is dragged its edits follow one another; they become one step.
        """
        project = edited(self.present, edit)
        if project is self.present:
            return self
        before = self.step
        if (
            not self.sealed
            and before.before is not None
            and before.edit
            and goes_on(before.edit, edit)
        ):
            before = before.before
        return History(Step(project, edit, before), (), sealed=False)

    def undo(self) -> History:
        """One step back; the same history at the beginning."""
        if self.step.before is None:
            return self
        return History(self.step.before, (self.step, *self.undone))

    def redo(self) -> History:
        """One step forward again; the same history where nothing is undone."""
        if not self.undone:
            return self
        return History(self.undone[0], self.undone[1:])

    def seal(self) -> History:
        """So that the next edit is a step of its own."""
        return self if self.sealed else replace(self, sealed=True)

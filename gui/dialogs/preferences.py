"""Preferences: few, each a switch or a choice that takes effect at once."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gui import theme
from gui.preferences import Preferences
from gui.widgets.choice import Choice
from gui.widgets.dialog import Dialog
from gui.widgets.fields import Switch
from gui.widgets.form import Form
from gui.widgets.options import Option


class PreferencesDialog(Dialog):
    """Theme, and what the window opens with."""

    def __init__(self, parent: QWidget, preferences: Preferences) -> None:
        super().__init__(parent, self.tr("Preferences"))
        self._preferences = preferences
        self.setMinimumWidth(440)
        form = Form()
        colours = Choice()
        colours.set_options([Option("dark", self.tr("Dark")), Option("light", self.tr("Light"))])
        colours.set_current(preferences.theme)
        colours.chosen.connect(self._choose_theme)
        form.add_row(
            self.tr("Colours"),
            colours,
            self.tr("Dark, or light for a projector or print."),
            mono=False,
        )
        reopen = Switch()
        reopen.set_value(preferences.reopens_last)
        reopen.edited.connect(self._choose_reopen)
        form.add_row(
            self.tr("Open the last project at start"), reopen, self.tr("Otherwise the start page comes first."),
            mono=False,
        )  # fmt: skip
        self.body.addWidget(form)
        self.body.addStretch(1)
        self.add_button(self.tr("Close"), "primary", closes=True)

    def _choose_theme(self, name: str) -> None:
        self._preferences.theme = name
        theme.wear(name)

    def _choose_reopen(self, wished: bool) -> None:
        self._preferences.reopens_last = wished

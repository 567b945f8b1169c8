"""What people and admins fill in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Role


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, help_text=_("Kept in the audit log."))


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        label=_("Role"), required=False, choices=[("", _("As the company’s sign-in says")), *Role.choices]
    )
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def clean_role(self) -> Role | None:
        role = self.cleaned_data["role"]
        return Role(role) if role else None


class MembershipForm(forms.Form):
    department = forms.CharField(
        label=_("Department"),
        max_length=120,
        widget=forms.TextInput(attrs={"list": "departments", "autocomplete": "off"}),
        help_text=_("One that exists, or a new name."),
    )
    is_owner = forms.BooleanField(label=_("Owns it: sets its quotas, sees its use"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=500)

    @property
    def known(self) -> list[str]:
        """The names to choose from."""
        return list(Department.objects.filter(archived_at=None).values_list("name", flat=True))

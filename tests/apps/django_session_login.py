"""A guest book in one file: Django's own login, with its CSRF protection switched on."""
import sys

import django
from django.conf import settings

settings.configure(
    DEBUG=True,
    SECRET_KEY="dev",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    LOGIN_URL="/accounts/login/",
    LOGIN_REDIRECT_URL="/entries/",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "guests.sqlite3", "OPTIONS": {"timeout": 20}}},
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
)
django.setup()

from django.contrib.auth import login  # noqa: E402
from django.contrib.auth.decorators import login_required  # noqa: E402
from django.contrib.auth.forms import AuthenticationForm, BaseUserCreationForm  # noqa: E402
from django.core.management import call_command, execute_from_command_line  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse, JsonResponse  # noqa: E402
from django.middleware.csrf import get_token  # noqa: E402
from django.shortcuts import redirect  # noqa: E402
from django.urls import path  # noqa: E402

PAGE = (
    "<form method='post'><input type='hidden' name='csrfmiddlewaretoken' value='{token}'>"
    "{fields}<button>Send</button></form>{errors}"
)
entries = []


def page(request, form):
    return HttpResponse(PAGE.format(token=get_token(request), fields=form.as_p(), errors=form.errors))


def sign_up(request):
    form = BaseUserCreationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("/accounts/login/")
    return page(request, form)


def log_in(request):
    form = AuthenticationForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, form.get_user())
        return redirect("/entries/")
    return page(request, form)


@login_required
def all_entries(request):
    if request.method == "POST":
        entries.append({"id": len(entries) + 1, "by": request.user.username, "text": request.POST.get("text", "")})
        return JsonResponse({"data": entries[-1]}, status=201)
    return JsonResponse({"data": entries[-20:]})


@login_required
def one_entry(request, entry_id):
    if not 0 < entry_id <= len(entries):
        return JsonResponse({"error": "not found"}, status=404)
    return JsonResponse({"data": entries[entry_id - 1]})


urlpatterns = [
    path("signup/", sign_up),
    path("accounts/login/", log_in),
    path("entries/", all_entries),
    path("entries/<int:entry_id>/", one_entry),
]
application = get_wsgi_application()
call_command("migrate", verbosity=0, run_syncdb=True)

if __name__ == "__main__":
    execute_from_command_line(sys.argv if len(sys.argv) > 1 else [sys.argv[0], "runserver", "--noreload"])

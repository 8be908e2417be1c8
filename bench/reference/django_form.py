"""The reference: a Django form of 12 fields that validates and keeps what it gets in PostgreSQL, and a list of 50.

    DATABASE=postgresql://user@/name?host=/socket gunicorn -w 3 django_form:application
"""
import os
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings

url = urlsplit(os.environ["DATABASE"])
settings.configure(
    ALLOWED_HOSTS=["*"], SECRET_KEY="bench", ROOT_URLCONF=__name__, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[], MIDDLEWARE=["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {
        "loaders": [("django.template.loaders.cached.Loader", [("django.template.loaders.locmem.Loader", {
            "form.html": "<!doctype html><title>F</title><form method=post>{{ form.as_p }}<button>Envoyer</button></form>",
            "list.html": "<!doctype html><table>{% for r in rows %}<tr><td>{{ r.f0 }}<td>{{ r.f1 }}<td>{{ r.created|date:'d/m/Y H:i' }}</tr>{% endfor %}</table>"})])]}}],
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": url.path.lstrip("/"), "USER": url.username,
                           "HOST": parse_qs(url.query)["host"][0], "PORT": parse_qs(url.query)["port"][0], "CONN_MAX_AGE": None}})
django.setup()

from django import forms  # noqa: E402  (Django wants its settings first)
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.http import HttpResponseRedirect  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402


class Filing(models.Model):
    created = models.DateTimeField(auto_now_add=True, db_index=True)
    for number in range(12):
        locals()[f"f{number}"] = models.CharField(max_length=200)

    class Meta:
        app_label = "bench"


class FilingForm(forms.ModelForm):
    class Meta:
        model = Filing
        fields = [f"f{number}" for number in range(12)]


def fill(request):
    form = FilingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        return HttpResponseRedirect("/")
    return render(request, "form.html", {"form": form})


def listing(request):
    return render(request, "list.html", {"rows": Filing.objects.order_by("-created")[:50]})


urlpatterns = [path("", fill), path("list", listing)]
application = get_wsgi_application()


def create_table():
    with connection.schema_editor() as editor:
        if Filing._meta.db_table not in connection.introspection.table_names():
            editor.create_model(Filing)


if __name__ == "__main__":
    create_table()

"""The reference: a Django form of 12 fields that validates and keeps what it gets in PostgreSQL, a list of 50 and a search.

    DATABASE=postgresql://user@/name?host=/socket&port=5432 django_form.py ROWS      makes the table, with so many rows
    DATABASE=…                                              gunicorn django_form:application
"""
import os
import sys
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings

url = urlsplit(os.environ["DATABASE"])
LIST = ("<!doctype html><table>{% for r in rows %}<tr><td>{{ r.f0 }}<td>{{ r.f1 }}<td>{{ r.created|date:'d/m/Y H:i' }}</tr>"
        "{% endfor %}</table>")
settings.configure(
    ALLOWED_HOSTS=["*"], SECRET_KEY="bench", ROOT_URLCONF=__name__, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[], MIDDLEWARE=["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {
        "loaders": [("django.template.loaders.cached.Loader", [("django.template.loaders.locmem.Loader", {
            "form.html": "<!doctype html><title>F</title><form method=post>{{ form.as_p }}<button>Envoyer</button></form>",
            "list.html": LIST})])]}}],
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": url.path.lstrip("/"), "USER": url.username,
                           "HOST": parse_qs(url.query)["host"][0], "PORT": parse_qs(url.query)["port"][0], "CONN_MAX_AGE": None}})
django.setup()

from django import forms  # noqa: E402  (Django wants its settings first)
from django.contrib.postgres.indexes import GinIndex  # noqa: E402
from django.contrib.postgres.search import SearchQuery, SearchVectorField  # noqa: E402
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


class Listed(models.Model):
    created = models.DateTimeField()
    f0 = models.CharField(max_length=200)
    f1 = models.CharField(max_length=200)
    words = SearchVectorField()

    class Meta:
        app_label = "bench"
        indexes = [models.Index(fields=["f1", "-created"], name="listed_f1"), GinIndex(fields=["words"], name="listed_words")]


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
    return render(request, "list.html", {"rows": Listed.objects.filter(f1=request.GET["f1"]).order_by("-created")[:50]})


def search(request):
    found = Listed.objects.filter(words=SearchQuery(request.GET["q"], config="simple"))
    return render(request, "list.html", {"rows": found.order_by("-created")[:50]})


urlpatterns = [path("", fill), path("list", listing), path("search", search)]
application = get_wsgi_application()


def create_tables(rows):
    with connection.schema_editor() as editor:
        for model in (Filing, Listed):
            if model._meta.db_table not in connection.introspection.table_names():
                editor.create_model(model)
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE bench_listed; INSERT INTO bench_listed (created, f0, f1, words)"
            " SELECT now() - n * interval '1 minute', 'Nom' || n %% 400, 'demande-' || n %% 10,"
            " to_tsvector('simple', 'nom' || n %% 400 || ' rue de la republique ' || n) FROM generate_series(1, %s) n", [rows])
        cursor.execute("ANALYZE bench_listed")


if __name__ == "__main__":
    create_tables(int(sys.argv[1]))

"""Library API: members, books and open loans, as a single-file Django project."""

import datetime
import os
import sys

import django
from django.conf import settings
from django.core.management import execute_from_command_line
from django.db import connection, models
from django.http import JsonResponse
from django.urls import path

settings.configure(
    DEBUG=False,
    SECRET_KEY=os.environ.get("SECRET_KEY", "local-development-only"),
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "library.db"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()


class Author(models.Model):
    name = models.CharField(max_length=80)

    class Meta:
        app_label = "library"


class Book(models.Model):
    title = models.CharField(max_length=120)
    author = models.ForeignKey(Author, on_delete=models.CASCADE)

    class Meta:
        app_label = "library"


class Member(models.Model):
    name = models.CharField(max_length=80)

    class Meta:
        app_label = "library"


class Loan(models.Model):
    book = models.ForeignKey(Book, on_delete=models.CASCADE)
    member = models.ForeignKey(Member, on_delete=models.CASCADE)
    due = models.DateField()

    class Meta:
        app_label = "library"


def seed():
    with connection.cursor() as cursor:
        for model in (Loan, Member, Book, Author):
            cursor.execute(f"DROP TABLE IF EXISTS {model._meta.db_table}")
    with connection.schema_editor() as editor:
        for model in (Author, Book, Member, Loan):
            editor.create_model(model)
    Author.objects.bulk_create(Author(name=f"Author {n}") for n in range(40))
    authors = list(Author.objects.all())
    Book.objects.bulk_create(Book(title=f"Book {n}", author=authors[n % 40]) for n in range(200))
    Member.objects.bulk_create(Member(name=f"Member {n}") for n in range(100))
    books, members = list(Book.objects.all()), list(Member.objects.all())
    start = datetime.date(2025, 1, 1)
    Loan.objects.bulk_create(
        Loan(book=books[n], member=members[n % 100], due=start + datetime.timedelta(days=n))
        for n in range(150)
    )


def loan_as_dict(loan):
    return {
        "id": loan.id,
        "due": loan.due.isoformat(),
        "book": loan.book.title,
        "author": loan.book.author.name,
        "member": loan.member.name,
    }


def health(request):
    return JsonResponse({"status": "ok"})


def members(request):
    rows = Member.objects.order_by("id")[:25]
    return JsonResponse({"members": [{"id": row.id, "name": row.name} for row in rows]})


def book(request, book_id):
    found = Book.objects.select_related("author").filter(id=book_id).first()
    if found is None:
        return JsonResponse({"error": "book not found"}, status=404)
    return JsonResponse({"id": found.id, "title": found.title, "author": found.author.name})


def books(request):
    rows = Book.objects.order_by("id")[:25]
    return JsonResponse({"books": [{"id": row.id, "title": row.title} for row in rows]})


def loans(request):
    open_loans = Loan.objects.select_related("book__author", "member").order_by("due")
    return JsonResponse({"loans": [loan_as_dict(loan) for loan in open_loans]})


urlpatterns = [
    path("health", health),
    path("members", members),
    path("books", books),
    path("books/<int:book_id>", book),
    path("loans", loans),
]

seed()

if __name__ == "__main__":
    execute_from_command_line(sys.argv)

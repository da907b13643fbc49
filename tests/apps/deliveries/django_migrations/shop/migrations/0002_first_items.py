from django.db import migrations


def add_items(apps, schema_editor):
    Item = apps.get_model("shop", "Item")
    Item.objects.bulk_create(Item(name=f"item {number}") for number in range(3))


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [migrations.RunPython(add_items, migrations.RunPython.noop)]

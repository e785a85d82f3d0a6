"""What the official Python client does with a server. The kubeconfig is the first argument; a failed assertion ends it."""

import json
import sys

from kubernetes import client, config, dynamic, watch
from kubernetes.client.rest import ApiException

NAMESPACE = "python"


def main():
    config.load_kube_config(sys.argv[1])
    core = client.CoreV1Api()
    core.create_namespace({"metadata": {"name": NAMESPACE}})
    objects(core)
    pages(core)
    patches(core)
    workloads()
    watching(core)
    errors(core)
    custom_resources()
    dynamic_client()
    print("version", client.VersionApi().get_code().git_version)


def objects(core):
    made = core.create_namespaced_config_map(NAMESPACE, client.V1ConfigMap(metadata=client.V1ObjectMeta(name="settings"), data={"color": "blue"}))
    assert made.metadata.uid and made.metadata.creation_timestamp.tzinfo is not None
    made.data = {"color": "red"}
    replaced = core.replace_namespaced_config_map("settings", NAMESPACE, made)
    assert replaced.metadata.resource_version != made.metadata.resource_version
    assert core.read_namespaced_config_map("settings", NAMESPACE).data == {"color": "red"}
    assert core.delete_namespaced_config_map("settings", NAMESPACE).status == "Success"
    print("objects")


def pages(core):
    for i in range(5):
        core.create_namespaced_config_map(NAMESPACE, {"metadata": {"name": f"page-{i}", "labels": {"set": "paged"}}})
    names, token = [], None
    while True:
        page = core.list_namespaced_config_map(NAMESPACE, label_selector="set=paged", limit=2, _continue=token)
        names += [item.metadata.name for item in page.items]
        token = page.metadata._continue
        if not token:
            break
    assert names == [f"page-{i}" for i in range(5)], names
    core.delete_collection_namespaced_config_map(NAMESPACE, label_selector="set=paged")
    assert core.list_namespaced_config_map(NAMESPACE, label_selector="set=paged").items == []
    print("pages")


def patches(core):
    core.create_namespaced_config_map(NAMESPACE, {"metadata": {"name": "patched"}, "data": {"a": "1", "b": "2"}})
    assert core.patch_namespaced_config_map("patched", NAMESPACE, {"data": {"a": None, "c": "3"}}).data == {"b": "2", "c": "3"}
    assert core.patch_namespaced_config_map("patched", NAMESPACE, [{"op": "remove", "path": "/data/b"}]).data == {"c": "3"}
    print("patches")


def workloads():
    apps = client.AppsV1Api()
    container = client.V1Container(name="main", image="nginx", ports=[client.V1ContainerPort(container_port=80)])
    template = client.V1PodTemplateSpec(metadata=client.V1ObjectMeta(labels={"app": "web"}), spec=client.V1PodSpec(containers=[container]))
    spec = client.V1DeploymentSpec(replicas=2, selector=client.V1LabelSelector(match_labels={"app": "web"}), template=template)
    made = apps.create_namespaced_deployment(NAMESPACE, client.V1Deployment(metadata=client.V1ObjectMeta(name="web"), spec=spec))
    assert made.spec.strategy.rolling_update.max_surge == "25%"
    assert apps.patch_namespaced_deployment_scale("web", NAMESPACE, {"spec": {"replicas": 4}}).spec.replicas == 4
    batch = client.BatchV1Api()
    job = batch.create_namespaced_job(NAMESPACE, {"metadata": {"name": "once"}, "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "busybox"}]}}}})
    assert job.spec.backoff_limit == 6
    assert batch.delete_namespaced_job("once", NAMESPACE, propagation_policy="Background") is not None
    print("workloads")


def watching(core):
    revision = core.list_namespaced_secret(NAMESPACE).metadata.resource_version
    core.create_namespaced_secret(NAMESPACE, {"metadata": {"name": "one"}, "stringData": {"a": "1"}})
    core.patch_namespaced_secret("one", NAMESPACE, {"metadata": {"labels": {"seen": "yes"}}})
    core.delete_namespaced_secret("one", NAMESPACE)
    stream, seen = watch.Watch(), []
    for event in stream.stream(core.list_namespaced_secret, NAMESPACE, resource_version=revision, timeout_seconds=10):
        seen.append((event["type"], event["object"].metadata.name))
        if len(seen) == 3:
            stream.stop()
    assert seen == [("ADDED", "one"), ("MODIFIED", "one"), ("DELETED", "one")], seen
    print("watching")


def errors(core):
    try:
        core.create_namespaced_config_map(NAMESPACE, {"metadata": {"name": "Not_A_Name"}})
    except ApiException as error:
        assert (error.status, error.reason) == (422, "Unprocessable Entity"), error
        assert '"reason":"Invalid"' in error.body
    else:
        raise AssertionError("an invalid name was taken")
    try:
        core.read_namespaced_config_map("missing", NAMESPACE)
    except ApiException as error:
        assert error.status == 404
    else:
        raise AssertionError("something missing was found")
    print("errors")


def custom_resources():
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer", "default": 3}}}}}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "gadgets.example.com"},
        "spec": {
            "group": "example.com",
            "names": {"plural": "gadgets", "kind": "Gadget"},
            "scope": "Namespaced",
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
        },
    }
    client.ApiextensionsV1Api().create_custom_resource_definition(definition)
    custom = client.CustomObjectsApi()
    gadget = {"apiVersion": "example.com/v1", "kind": "Gadget", "metadata": {"name": "top"}, "spec": {}}
    made = custom.create_namespaced_custom_object("example.com", "v1", NAMESPACE, "gadgets", gadget)
    assert made["spec"] == {"size": 3}, made
    patched = custom.patch_namespaced_custom_object("example.com", "v1", NAMESPACE, "gadgets", "top", {"spec": {"size": 9}})
    assert patched["metadata"]["generation"] == 2
    assert len(custom.list_namespaced_custom_object("example.com", "v1", NAMESPACE, "gadgets")["items"]) == 1
    print("custom resources")


def dynamic_client():
    found = dynamic.DynamicClient(client.ApiClient())
    gadgets = found.resources.get(api_version="example.com/v1", kind="Gadget")
    assert gadgets.get(namespace=NAMESPACE, name="top").spec.size == 9
    # Clients of this age send an apply patch only as text.
    patch = json.dumps({"apiVersion": "example.com/v1", "kind": "Gadget", "metadata": {"name": "top"}, "spec": {"size": 1}})
    applied = gadgets.server_side_apply(body=patch, namespace=NAMESPACE, name="top", field_manager="python", force_conflicts=True)
    assert applied.spec.size == 1
    gadgets.delete(namespace=NAMESPACE, name="top")
    assert gadgets.get(namespace=NAMESPACE).items == []
    print("dynamic client")


main()

package io.reflux.app.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.reflux.app.tool.Tool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Kustomizations of {@code k8s/}, rendered by kustomize and read as Kubernetes' own types, strictly. */
public final class Manifests {
    private static final Path FOLDER = Path.of(System.getProperty("reflux.root"), "k8s");

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .annotationIntrospector(new NoAnySetter())
            .build();

    private static final Map<String, Class<? extends HasMetadata>> KINDS = Map.of(
            "HorizontalPodAutoscaler", HorizontalPodAutoscaler.class,
            "Namespace", Namespace.class,
            "PodDisruptionBudget", PodDisruptionBudget.class,
            "ConfigMap", ConfigMap.class,
            "PersistentVolumeClaim", PersistentVolumeClaim.class,
            "Service", Service.class,
            "Deployment", Deployment.class,
            "Job", Job.class);

    private Manifests() {}

    /** Renders a folder under {@code k8s/}; the test is skipped where kubectl is not installed. */
    public static List<HasMetadata> render(String folder) throws Exception {
        String rendered = Tool.require("kubectl").run(FOLDER, "kustomize", folder);
        List<HasMetadata> objects = new ArrayList<>();
        try (MappingIterator<JsonNode> documents =
                YAML.readerFor(JsonNode.class).readValues(rendered)) {
            while (documents.hasNext()) {
                objects.add(parse(documents.next()));
            }
        }
        return objects;
    }

    /** Reads one object; an unknown field is an error. */
    static HasMetadata parse(JsonNode document) throws Exception {
        String kind = document.path("kind").asText();
        assertThat(KINDS).containsKey(kind);
        return STRICT.readerFor(KINDS.get(kind)).readValue(document);
    }

    /** The one object of a type. */
    public static <T extends HasMetadata> T only(List<HasMetadata> objects, Class<T> type) {
        List<T> found =
                objects.stream().filter(type::isInstance).map(type::cast).toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    /** The one container of a pod. */
    public static Container container(PodTemplateSpec pod) {
        assertThat(pod.getSpec().getContainers()).hasSize(1);
        return pod.getSpec().getContainers().get(0);
    }

    /** The types keep unknown fields beside the known ones unless told that they have no place for them. */
    private static final class NoAnySetter extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;

        @Override
        public Boolean hasAnySetter(Annotated annotated) {
            return false;
        }
    }
}

package io.reflux.app.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
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
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.reflux.app.tool.Tool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What kustomize renders is what Kubernetes' own types hold: no misspelt field, and the promises of a safe pod. */
final class ManifestsTest {
    private static final Path FOLDER = Path.of(System.getProperty("reflux.root"), "k8s");

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .annotationIntrospector(new NoAnySetter())
            .build();

    private static final Map<String, Class<? extends HasMetadata>> KINDS = Map.of(
            "Namespace", Namespace.class,
            "ConfigMap", ConfigMap.class,
            "PersistentVolumeClaim", PersistentVolumeClaim.class,
            "Service", Service.class,
            "Deployment", Deployment.class,
            "Job", Job.class);

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/local"})
    void rendered_kustomization_isAcceptedStrictly(String folder) throws Exception {
        assertThat(render(folder))
                .extracting(HasMetadata::getKind)
                .contains("Deployment", "Service", "Job", "ConfigMap", "PersistentVolumeClaim");
    }

    @Test
    void strictness_unknownField_isRefused() throws Exception {
        JsonNode misspelt = YAML.readTree("{kind: Service, metadata: {name: x}, spec: {clusterIp: None}}");

        assertThatThrownBy(() -> parse(misspelt))
                .isInstanceOf(UnrecognizedPropertyException.class)
                .hasMessageContaining("clusterIp");
    }

    @Test
    void service_ofTheTeacher_isHeadlessAndSelectsItsPods() throws Exception {
        List<HasMetadata> objects = render("base");
        Service service = only(objects, Service.class);
        Deployment teacher = only(objects, Deployment.class);

        assertThat(service.getSpec().getClusterIP()).isEqualTo("None");
        assertThat(teacher.getSpec().getTemplate().getMetadata().getLabels())
                .containsAllEntriesOf(service.getSpec().getSelector());
        assertThat(service.getSpec().getPorts())
                .extracting(port -> port.getTargetPort().getStrVal())
                .containsExactly("grpc", "metrics");
    }

    @Test
    void teacher_probes_askGrpcHealthOnItsPort() throws Exception {
        Container teacher =
                container(only(render("base"), Deployment.class).getSpec().getTemplate());

        assertThat(List.of(teacher.getStartupProbe(), teacher.getReadinessProbe(), teacher.getLivenessProbe()))
                .allSatisfy(probe -> assertThat(probe.getGrpc().getPort()).isEqualTo(7070));
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/local"})
    void pods_all_areBoundedAndUnprivileged(String folder) throws Exception {
        List<HasMetadata> objects = render(folder);

        assertThat(List.of(
                        only(objects, Deployment.class).getSpec().getTemplate(),
                        only(objects, Job.class).getSpec().getTemplate()))
                .allSatisfy(pod -> {
                    assertThat(pod.getSpec().getSecurityContext().getRunAsNonRoot())
                            .isTrue();
                    assertThat(pod.getSpec()
                                    .getSecurityContext()
                                    .getSeccompProfile()
                                    .getType())
                            .isEqualTo("RuntimeDefault");
                    Container container = container(pod);
                    assertThat(container.getSecurityContext().getReadOnlyRootFilesystem())
                            .isTrue();
                    assertThat(container.getSecurityContext().getAllowPrivilegeEscalation())
                            .isFalse();
                    assertThat(container.getSecurityContext().getCapabilities().getDrop())
                            .containsExactly("ALL");
                    assertThat(container.getResources().getLimits()).containsKeys("cpu", "memory");
                    assertThat(pod.getMetadata().getAnnotations()).containsEntry("prometheus.io/port", "9464");
                });
    }

    @Test
    void recipe_ofTheJob_isTheGeneratedMap() throws Exception {
        List<HasMetadata> objects = render("base");
        ConfigMap recipe = only(objects, ConfigMap.class);

        assertThat(only(objects, Job.class).getSpec().getTemplate().getSpec().getVolumes())
                .anySatisfy(volume -> assertThat(volume.getConfigMap())
                        .isNotNull()
                        .satisfies(map -> assertThat(map.getName())
                                .isEqualTo(recipe.getMetadata().getName())));
        assertThat(recipe.getData()).containsOnlyKeys("recipe.yaml");
    }

    static List<HasMetadata> render(String folder) throws Exception {
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

    private static HasMetadata parse(JsonNode document) throws Exception {
        String kind = document.path("kind").asText();
        assertThat(KINDS).containsKey(kind);
        return STRICT.readerFor(KINDS.get(kind)).readValue(document);
    }

    static <T extends HasMetadata> T only(List<HasMetadata> objects, Class<T> type) {
        List<T> found =
                objects.stream().filter(type::isInstance).map(type::cast).toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static Container container(PodTemplateSpec pod) {
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

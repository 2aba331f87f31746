package io.reflux.app.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What kustomize renders is what Kubernetes' own types hold: no misspelt field, and the promises of a safe pod. */
final class ManifestsTest {
    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/fleet", "overlays/local", "overlays/secure"})
    void rendered_kustomization_isAcceptedStrictly(String folder) throws Exception {
        assertThat(Manifests.render(folder))
                .extracting(HasMetadata::getKind)
                .contains("Deployment", "Service", "Job", "ConfigMap", "PersistentVolumeClaim");
    }

    @Test
    void strictness_unknownField_isRefused() throws Exception {
        JsonNode misspelt = new ObjectMapper(new YAMLFactory())
                .readTree("{kind: Service, metadata: {name: x}, spec: {clusterIp: None}}");

        assertThatThrownBy(() -> Manifests.parse(misspelt))
                .isInstanceOf(UnrecognizedPropertyException.class)
                .hasMessageContaining("clusterIp");
    }

    @Test
    void service_ofTheTeacher_isHeadlessAndSelectsItsPods() throws Exception {
        List<HasMetadata> objects = Manifests.render("base");
        Service service = Manifests.only(objects, Service.class);
        Deployment teacher = Manifests.only(objects, Deployment.class);

        assertThat(service.getSpec().getClusterIP()).isEqualTo("None");
        assertThat(teacher.getSpec().getTemplate().getMetadata().getLabels())
                .containsAllEntriesOf(service.getSpec().getSelector());
        assertThat(service.getSpec().getPorts())
                .extracting(port -> port.getTargetPort().getStrVal())
                .containsExactly("grpc", "metrics");
    }

    @Test
    void teacher_probes_askGrpcHealthOnItsPort() throws Exception {
        Container teacher = Manifests.container(Manifests.only(Manifests.render("base"), Deployment.class)
                .getSpec()
                .getTemplate());

        assertThat(List.of(teacher.getStartupProbe(), teacher.getReadinessProbe(), teacher.getLivenessProbe()))
                .allSatisfy(probe -> assertThat(probe.getGrpc().getPort()).isEqualTo(7070));
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/fleet", "overlays/local", "overlays/secure"})
    void pods_all_areBoundedAndUnprivileged(String folder) throws Exception {
        List<HasMetadata> objects = Manifests.render(folder);

        assertThat(List.of(
                        Manifests.only(objects, Deployment.class).getSpec().getTemplate(),
                        Manifests.only(objects, Job.class).getSpec().getTemplate()))
                .allSatisfy(pod -> {
                    assertThat(pod.getSpec().getSecurityContext().getRunAsNonRoot())
                            .isTrue();
                    assertThat(pod.getSpec()
                                    .getSecurityContext()
                                    .getSeccompProfile()
                                    .getType())
                            .isEqualTo("RuntimeDefault");
                    Container container = Manifests.container(pod);
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
        List<HasMetadata> objects = Manifests.render("base");
        ConfigMap recipe = Manifests.only(objects, ConfigMap.class);

        assertThat(Manifests.only(objects, Job.class)
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getVolumes())
                .anySatisfy(volume -> assertThat(volume.getConfigMap())
                        .isNotNull()
                        .satisfies(map -> assertThat(map.getName())
                                .isEqualTo(recipe.getMetadata().getName())));
        assertThat(recipe.getData()).containsOnlyKeys("recipe.yaml");
    }
}

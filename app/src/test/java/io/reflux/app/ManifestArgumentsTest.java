package io.reflux.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.reflux.app.k8s.Manifests;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.recipe.RecipeReader;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.ParseResult;

/** What the manifests ask of the program is what the program takes. */
final class ManifestArgumentsTest {
    @Test
    void teacher_arguments_areOptionsOfTheCommandAndItsPorts() throws Exception {
        Container container = Manifests.container(Manifests.only(Manifests.render("base"), Deployment.class)
                .getSpec()
                .getTemplate());

        ParseResult command = parse(container);

        assertThat(command.commandSpec().name()).isEqualTo("teacher");
        assertThat(container.getPorts())
                .extracting(port -> (Object) port.getContainerPort())
                .containsExactly(
                        command.<Object>matchedOptionValue("--port", null),
                        command.<Object>matchedOptionValue("--metrics-port", null));
    }

    @Test
    void student_argumentsAndRecipe_areTaken() throws Exception {
        List<HasMetadata> objects = Manifests.render("base");
        ParseResult command = parse(
                Manifests.container(Manifests.only(objects, Job.class).getSpec().getTemplate()));
        Recipe recipe = RecipeReader.parse(
                Manifests.only(objects, ConfigMap.class).getData().get("recipe.yaml"), "recipe.yaml");

        assertThat(command.commandSpec().name()).isEqualTo("train");
        assertThat(recipe.teacher()).isNotNull();
        assertThat(recipe.teacher().service()).isNotNull();
        Service teachers = Manifests.only(objects, Service.class);
        assertThat(teachers.getSpec().getClusterIP()).isEqualTo("None");
        assertThat(recipe.teacher().service().dns())
                .isEqualTo(teachers.getMetadata().getName() + ":"
                        + teachers.getSpec().getPorts().get(0).getPort());
    }

    @Test
    void secure_arguments_areOptionsAndNameMountedFiles() throws Exception {
        List<HasMetadata> objects = Manifests.render("overlays/secure");
        PodTemplateSpec teacher =
                Manifests.only(objects, Deployment.class).getSpec().getTemplate();
        PodTemplateSpec student = Manifests.only(objects, Job.class).getSpec().getTemplate();

        for (PodTemplateSpec pod : List.of(teacher, student)) {
            Container container = Manifests.container(pod);
            assertThat(parse(container).matchedOptions()).hasSizeGreaterThan(4);
            assertThat(container.getArgs().stream().filter(argument -> argument.matches("--.*=/(tls|tokens?)/.*")))
                    .hasSize(4)
                    .allSatisfy(argument -> assertThat(container.getVolumeMounts())
                            .anySatisfy(mount -> assertThat(argument).contains("=" + mount.getMountPath() + "/")));
        }
        assertThat(Manifests.container(teacher).getReadinessProbe().getHttpGet().getPath())
                .isEqualTo("/readyz");
    }

    @Test
    void fleet_scalesTheTeachersThatTheServiceFinds() throws Exception {
        List<HasMetadata> objects = Manifests.render("overlays/fleet");
        Deployment teachers = Manifests.only(objects, Deployment.class);
        HorizontalPodAutoscaler scaler = Manifests.only(objects, HorizontalPodAutoscaler.class);
        PodDisruptionBudget budget = Manifests.only(objects, PodDisruptionBudget.class);

        assertThat(parse(Manifests.container(teachers.getSpec().getTemplate())).hasMatchedOption("--deterministic"))
                .isTrue();
        assertThat(scaler.getSpec().getScaleTargetRef().getName())
                .isEqualTo(teachers.getMetadata().getName());
        // A field of the deployment as well would be fought over at every apply.
        assertThat(teachers.getSpec().getReplicas()).isNull();
        assertThat(budget.getSpec().getSelector().getMatchLabels())
                .isEqualTo(teachers.getSpec().getSelector().getMatchLabels());
    }

    private static ParseResult parse(Container container) {
        return Reflux.commandLine()
                .parseArgs(container.getArgs().toArray(String[]::new))
                .subcommand();
    }
}

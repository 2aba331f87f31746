package io.reflux.student.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reflux.student.failure.TrainingFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fleets of teachers, and several teachers. */
final class RecipeTeachersTest {
    private static final String FLEET = """
            data: {set: glyphs}
            student: {zoo: mlp}
            %s
            stages: [{distil: {}}]
            """;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'addresses: [\"a:1\", \"[::1]:2\"], onModelChange: accept' | addresses=[a:1, [::1]:2]",
                "'dns: \"teacher.svc:7070\"' | dns=teacher.svc:7070",
                "'addressFile: teachers.txt' | addressFile=teachers.txt",
            })
    void parse_fleets_areTaken(String teacher, String expected) {
        Recipe recipe = RecipeReader.parse(FLEET.formatted("teacher: {" + teacher + "}"), "recipe.yaml");

        assertThat(recipe.teacher()).isNotNull();
        assertThat(recipe.teacher().service()).asString().contains(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'teacher: {}' | teacher.address: absent (expected: host:port, or one of the keys addresses, dns, addressFile and onnx)",
                "'teacher: {addresses: []}' | teacher.addresses: none (expected: at least one)",
                "'teacher: {addresses: [\"a:1\", \"b\"]}' | teacher.addresses[1]: b (expected: host:port)",
                "'teacher: {dns: teacher}' | teacher.dns: teacher (expected: name:port)",
                "'teacher: {address: \"a:1\", dns: \"b:1\"}' | teacher.dns: given (expected: absent, since another of address, addresses, dns and addressFile is)",
                "'teacher: {dns: \"b:1\", onnx: t.onnx}' | teacher.onnx: t.onnx (expected: absent, since a service is given)",
                "'teacher: {adresses: [\"a:1\"]}' | teacher.adresses: unknown key (expected: addresses?)",
                "'teacher: {address: \"a:1\", onModelChange: ignore}' | teacher.onModelChange: ignore (expected: fail or accept)",
                "'teacher: {onnx: t.onnx, onModelChange: accept}' | teacher.onModelChange: accept (expected: absent, since onnx is given)",
                "'teachers: [{onnx: t.onnx, weight: 0}]' | teachers[0].weight: 0.0 (expected: > 0)",
                "'teachers: [{onnx: t.onnx, temperature: -1}]' | teachers[0].temperature: -1.0 (expected: > 0)",
                "'teachers: [{onnx: t.onnx}, {weight: 1}]' | teachers[1].address: absent (expected: host:port, or one of the keys addresses, dns, addressFile and onnx)",
                "'teachers: [{onnx: t.onnx, wait: 1}]' | teachers[0].wait: unknown key (expected: weight?)",
            })
    void parse_wrongFleet_namesKeyAndExpectation(String line, String message) {
        assertThatThrownBy(() -> RecipeReader.parse(FLEET.formatted(line), "recipe.yaml"))
                .isInstanceOf(TrainingFailure.class)
                .hasMessage("recipe.yaml:3: " + message);
    }

    @Test
    void parse_severalTeachers_areTakenWithTheirWeights() {
        Recipe recipe = RecipeReader.parse(
                FLEET.formatted("teachers: [{address: \"a:1\", weight: 2}, {onnx: t.onnx, temperature: 3}]"),
                "recipe.yaml");

        assertThat(recipe.teacher()).isNull();
        assertThat(recipe.teachers()).extracting(EnsembleMember::weight).containsExactly(2.0, 1.0);
        assertThat(recipe.teachers()).extracting(EnsembleMember::temperature).containsExactly(null, 3.0);
        assertThat(recipe.withTeacherAddress("b:2").teachers()).isEmpty();
    }

    @Test
    void parse_teacherAndTeachers_isRefused() {
        String both =
                FLEET.formatted("teacher: {onnx: t.onnx}").replace("stages", "teachers: [{onnx: u.onnx}]\nstages");

        assertThatThrownBy(() -> RecipeReader.parse(both, "recipe.yaml"))
                .hasMessage("recipe.yaml:4: teachers: given (expected: absent, since teacher is given)");
    }

    @Test
    void digest_otherWeightsOfTeachers_differs() {
        String text = FLEET.formatted("teachers: [{onnx: t.onnx, weight: 2}, {onnx: u.onnx}]");

        assertThat(RecipeReader.parse(text, "a").digest())
                .isNotEqualTo(RecipeReader.parse(text.replace("2}", "3}"), "a").digest());
    }
}

package io.reflux.student.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The recipes that users are to start from are valid ones. */
final class ExampleRecipesTest {
    private static final Path FOLDER = Path.of(System.getProperty("reflux.root"), "examples/recipes");

    static List<Path> recipes() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void read_everyExample_isNamedAsItsFile(Path file) {
        assertThat(RecipeReader.read(file).name() + ".yaml")
                .isEqualTo(file.getFileName().toString());
    }
}

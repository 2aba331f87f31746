package io.reflux.student.recipe;

import io.reflux.student.failure.TrainingFailure;
import io.reflux.student.yaml.StrictYaml;
import java.nio.file.Path;
import java.util.Set;

/** Reads recipes. What is wrong is said in one line: {@code recipe.yaml:12: stages[0].epochs: 0 (expected: >= 1)}. */
public final class RecipeReader {
    private static final StrictYaml<Recipe> RECIPES =
            StrictYaml.of(Recipe.class, "a recipe", Set.of("distil", "train", "quantize"));

    private RecipeReader() {}

    /**
     * Reads a recipe from a file.
     *
     * @param file a YAML file in UTF-8
     * @throws TrainingFailure with code RECIPE when the file cannot be read or is not a valid recipe
     */
    public static Recipe read(Path file) {
        return RECIPES.read(file).value();
    }

    /**
     * Reads a recipe from text.
     *
     * @param text YAML
     * @param source what to call the text in messages
     * @throws TrainingFailure with code RECIPE when it is not a valid recipe
     */
    public static Recipe parse(String text, String source) {
        return RECIPES.parse(text, source).value();
    }
}

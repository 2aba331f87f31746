package io.reflux.app.quickstart;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The quick start's recipes. They are written out before they are run, so that what ran can be copied and changed. */
enum QuickstartRecipe {
    /** The wide network, on many labels. */
    TEACHER,
    /** The small network, on few labels. */
    ALONE,
    /** The same network on the same samples, taught. */
    DISTILLED;

    /** The recipe's name, which is that of its folder and its files. */
    String recipeName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Folder of what the recipe makes. */
    Path folder(Path output) {
        return output.resolve(recipeName());
    }

    /** The model that the recipe makes. */
    Path model(Path output) {
        return folder(output).resolve(recipeName() + ".onnx");
    }

    /**
     * Writes the recipe into the folder {@code output}.
     *
     * @param teacher {@code host:port} of the teacher; not used by recipes without one
     * @throws IOException if the folder or file cannot be written
     */
    Path write(Path output, String teacher) throws IOException {
        Path file = output.resolve(recipeName() + ".yaml");
        Files.createDirectories(output);
        return Files.writeString(
                file, text().replace("${folder}", quoted(output)).replace("${teacher}", teacher));
    }

    /** The inside of a YAML string in single quotes. */
    private static String quoted(Path path) {
        return path.toString().replace("'", "''");
    }

    private String text() {
        String name = recipeName() + ".yaml";
        try (InputStream resource = QuickstartRecipe.class.getResourceAsStream(name)) {
            if (resource == null) {
                throw new IllegalStateException("resource: " + name + " is absent (expected: in this program's jar)");
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

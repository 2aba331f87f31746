package io.reflux.data;

import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where tests find the standard data sets, if the build was told. */
public final class StandardData {

    private static final String PROPERTY = "reflux.data.dir";

    private StandardData() {}

    /**
     * The folder with {@code mnist/} and the other standard sets. The test that asks is skipped, with the reason, when
     * {@code -Dreflux.data.dir} names none; a relative path starts at the root of the build.
     */
    public static Path folder() {
        String value = System.getProperty(PROPERTY, "");
        if (value.isBlank()) {
            return abort("needs the standard data sets: -D" + PROPERTY + "=FOLDER");
        }
        Path folder = Path.of(System.getProperty("reflux.root", "")).resolve(value);
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException(
                    PROPERTY + ": " + folder + " (expected: a folder with mnist/ and others in it)");
        }
        return folder;
    }
}

package io.reflux.teacher.cache;

import io.reflux.model.file.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes sure that a folder is a cache of this format before anything is written into it. */
final class CacheFolder {

    private static final String MARKER = "reflux-cache";
    private static final String FORMAT = "reflux label cache, format 1\n";
    private static final String ROWS = "rows";

    private CacheFolder() {}

    /**
     * The folder of the rows in a cache's folder, which is made if it is empty or not there.
     *
     * @throws CacheException if the folder holds anything else, or cannot be used
     */
    static Path rows(Path folder) {
        try {
            if (Files.exists(folder) && !Files.isDirectory(folder)) {
                throw new CacheException(
                        CacheException.Code.NOT_A_CACHE, "cacheDir: " + folder + " is a file (expected: a folder)");
            }
            Files.createDirectories(folder);
            Path marker = folder.resolve(MARKER);
            if (!marked(folder, marker)) {
                WholeFile.write(marker, FORMAT);
            }
            if (!Files.isWritable(folder)) {
                throw notAccessible(folder, "cannot be written", null);
            }
            return folder.resolve(ROWS);
        } catch (IOException e) {
            throw notAccessible(folder, "cannot be used: " + e.getClass().getSimpleName() + " " + e.getMessage(), e);
        }
    }

    private static boolean marked(Path folder, Path marker) throws IOException {
        try {
            String found = Files.readString(marker);
            if (!found.equals(FORMAT)) {
                throw new CacheException(
                        CacheException.Code.FORMAT,
                        "cacheDir: " + folder + " holds \"" + firstLine(found) + "\" (expected: \"" + firstLine(FORMAT)
                                + "\"; delete the folder to begin anew)");
            }
            return true;
        } catch (NoSuchFileException e) {
            try (Stream<Path> files = Files.list(folder)) {
                if (files.findAny().isPresent()) {
                    throw new CacheException(
                            CacheException.Code.NOT_A_CACHE,
                            "cacheDir: " + folder + " is not a cache (expected: an empty folder, or one that a teacher"
                                    + " made)");
                }
            }
            return false;
        }
    }

    private static String firstLine(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() <= 60 ? line : line.substring(0, 60) + "...";
    }

    static CacheException notAccessible(Path folder, String how, @Nullable Throwable cause) {
        String message = "cacheDir: " + folder + " " + how + " (expected: a folder that can be read and written)";
        return cause == null
                ? new CacheException(CacheException.Code.NOT_ACCESSIBLE, message)
                : new CacheException(CacheException.Code.NOT_ACCESSIBLE, message, cause);
    }
}

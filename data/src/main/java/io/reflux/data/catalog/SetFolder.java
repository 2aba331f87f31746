package io.reflux.data.catalog;

import io.reflux.data.DataException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where a set's files lie: in the folder that was given or in one of its usual subfolders, compressed or not. */
final class SetFolder {

    private final String set;
    private final Path folder;
    private final List<String> subfolders;

    /**
     * Checks that the folder is there.
     *
     * @param subfolders where to look first, in this order; at least one
     * @param example a file of the set, for the message
     * @throws DataException if no folder is given or there is none
     */
    SetFolder(DataSetSpec spec, List<String> subfolders, String example) {
        this.set = spec.name();
        this.subfolders = subfolders;
        Path given = spec.folder();
        String sample = "%s/%s[.gz]".formatted(subfolders.get(0), example);
        if (given == null) {
            throw missing("no folder given (expected: the folder that holds %s)".formatted(sample));
        }
        if (!Files.isDirectory(given)) {
            throw missing("%s: no such folder (expected: to hold %s)".formatted(given, sample));
        }
        this.folder = given;
    }

    /** @throws DataException if the file is in none of the places */
    Path find(String file) {
        List<Path> places = Stream.concat(subfolders.stream().map(folder::resolve), Stream.of(folder))
                .toList();
        for (Path place : places) {
            for (String name : List.of(file + ".gz", file)) {
                Path candidate = place.resolve(name);
                if (Files.exists(candidate)) {
                    return candidate;
                }
            }
        }
        throw missing("no %s[.gz] in %s (expected: there or in its folder %s)"
                .formatted(file, folder, String.join(" or ", subfolders)));
    }

    private DataException missing(String problem) {
        return new DataException(DataException.Code.MISSING, "data set %s: %s".formatted(set, problem));
    }
}

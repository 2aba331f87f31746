package io.reflux.student.fleet;

import io.reflux.student.remote.TeacherAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Teachers that a file names, {@code host:port} a line; empty lines and what follows {@code #} count for nothing. The file is
 * read anew each time, so whoever changes it should write beside it and rename.
 *
 * @param file the file
 */
public record FileMembership(Path file) implements Membership {
    @Override
    public List<TeacherAddress> now() throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": absent (expected: a file of one host:port a line)", e);
        }
        List<TeacherAddress> teachers = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String address = lines.get(i).replaceFirst("#.*", "").trim();
            if (!address.isEmpty()) {
                teachers.add(parse(address, i + 1));
            }
        }
        return List.copyOf(new LinkedHashSet<>(teachers));
    }

    private TeacherAddress parse(String address, int line) throws IOException {
        try {
            return TeacherAddress.parse(address);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ":" + line + ": " + address + " (expected: host:port)", e);
        }
    }

    @Override
    public String toString() {
        return "addressFile " + file;
    }
}

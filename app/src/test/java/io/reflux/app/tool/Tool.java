package io.reflux.app.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A program of the machine that a test needs; a test is skipped, with the reason, where it is not installed. */
public record Tool(Path file) {
    /** The tool of that name on the PATH. */
    public static Tool require(String name) {
        Optional<Path> file = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(file.isPresent(), () -> name + " is not on the PATH; .ci/run names its package");
        return new Tool(file.orElseThrow());
    }

    /** Runs the tool to its end in {@code folder}; returns standard output and error, after checking that it went well. */
    public String run(Path folder, String... arguments) throws IOException, InterruptedException {
        Process process = builder(folder, arguments).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as("%s %s%n%s", file, List.of(arguments), output)
                .isZero();
        return output;
    }

    /** A process of the tool, not yet started. */
    public ProcessBuilder builder(Path folder, String... arguments) {
        List<String> command = new ArrayList<>(List.of(file.toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(folder.toFile());
    }
}

package io.reflux.data.view;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A JVM of another major version than this one: what the environment's {@code REFLUX_OTHER_JAVA} names, a Java home, or one
 * in the folder that this JVM's home is in.
 */
record OtherJvm(Path home, int version) {

    private static final String VARIABLE = "REFLUX_OTHER_JAVA";
    private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(\\d+)");
    private static final int OLDEST = 17;

    /** The newest there is, or none. */
    static Optional<OtherJvm> find() throws IOException {
        String named = System.getenv(VARIABLE);
        if (named != null) {
            return Optional.of(
                    new OtherJvm(Path.of(named), version(Path.of(named)).orElseThrow()));
        }
        Path folder = Path.of(System.getProperty("java.home")).toRealPath().getParent();
        Optional<OtherJvm> newest = Optional.empty();
        try (DirectoryStream<Path> homes = Files.newDirectoryStream(folder)) {
            for (Path home : homes) {
                Optional<Integer> version = version(home);
                boolean other = version.isPresent()
                        && version.get() >= OLDEST
                        && version.get() != Runtime.version().feature()
                        && (newest.isEmpty() || version.get() > newest.get().version());
                newest = other ? Optional.of(new OtherJvm(home, version.get())) : newest;
            }
        }
        return newest;
    }

    private static Optional<Integer> version(Path home) throws IOException {
        Path release = home.resolve("release");
        if (!Files.isRegularFile(release) || !Files.isExecutable(java(home))) {
            return Optional.empty();
        }
        Matcher version = VERSION.matcher(Files.readString(release));
        return version.find() ? Optional.of(Integer.parseInt(version.group(1))) : Optional.empty();
    }

    private static Path java(Path home) {
        return home.resolve("bin").resolve("java");
    }

    /** Lines that a program of this test's class path prints there; its errors are shown as the test's own. */
    List<String> run(Class<?> program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                java(home).toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(home + ": ended with " + process.exitValue());
        }
        return printed.lines().toList();
    }
}

package io.reflux.app.quickstart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A teacher that runs as a second process of this program, on ports that it chooses. Ends when it is closed, when this
 * process ends in order, and by its own watch when this process is killed.
 */
final class TeacherProcess implements AutoCloseable {
    /** Above the teacher's own draining. */
    private static final long STOP_SECONDS = 10;

    private static final String MAIN = "io.reflux.app.Reflux";

    private final Process process;
    private final Thread endWithUs;
    private final Path log;
    private final Address address;

    /** Where the teacher answers. */
    record Address(String grpc, String metrics) {}

    private TeacherProcess(Process process, Thread endWithUs, Path log, Address address) {
        this.process = process;
        this.endWithUs = endWithUs;
        this.log = log;
        this.address = address;
    }

    /**
     * Starts a teacher and waits until it serves.
     *
     * @param arguments of the command {@code teacher}
     * @param log receives what the teacher says on standard error
     * @throws IOException if it ends before it serves; the message has its last line
     */
    static TeacherProcess start(List<String> arguments, Path log) throws IOException {
        Process process = new ProcessBuilder(command(arguments))
                .redirectError(log.toFile())
                .start();
        Thread endWithUs = new Thread(() -> stop(process), "end-teacher");
        Runtime.getRuntime().addShutdownHook(endWithUs);
        try {
            return new TeacherProcess(process, endWithUs, log, ready(process, log));
        } catch (IOException | RuntimeException e) {
            Runtime.getRuntime().removeShutdownHook(endWithUs);
            stop(process);
            throw e;
        }
    }

    /** Where the teacher answers. */
    Address address() {
        return address;
    }

    /** Id of the process. */
    long pid() {
        return process.pid();
    }

    /** What the teacher says. */
    Path log() {
        return log;
    }

    /** Lets the teacher drain, and ends it if it does not. */
    @Override
    public void close() {
        stop(process);
        try {
            Runtime.getRuntime().removeShutdownHook(endWithUs);
        } catch (IllegalStateException e) {
            // This process is ending; the hook finds the teacher gone.
            return;
        }
    }

    /** This very program: the same JVM, class path and options, but for agents, which own their files. */
    private static List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> !option.startsWith("-javaagent") && !option.startsWith("-agent"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN, "teacher", "--json"));
        command.addAll(
                List.of("--stop-with", Long.toString(ProcessHandle.current().pid())));
        command.addAll(arguments);
        return command;
    }

    private static Address ready(Process process, Path log) throws IOException {
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        if (line == null) {
            throw new IOException("teacher process: ended before it served (see " + log + ")");
        }
        try {
            JsonNode ports = new ObjectMapper().readTree(line);
            return new Address(
                    ports.required("grpc").asText(), ports.required("metrics").asText());
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new IOException("teacher process: said \"" + line + "\" (expected: its addresses as JSON)", e);
        }
    }

    private static void stop(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

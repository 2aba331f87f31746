package io.reflux.benchmarks.kill;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The reflux command as a process of its own, with this program's class path and one thread of arithmetic. */
final class RefluxProcess {
    private static final int END_SECONDS = 10;

    private final Process process;
    private final Path log;

    private RefluxProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts a command; all it says goes to the log. */
    static RefluxProcess start(Path log, Object... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xss16m",
                "-Dai.djl.offline=true",
                "-cp",
                classPath(),
                "io.reflux.app.Reflux"));
        for (Object argument : arguments) {
            line.add(argument.toString());
        }
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put("OMP_NUM_THREADS", "1");
        builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
        builder.environment().put("OPT_OUT_TRACKING", "true");
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return new RefluxProcess(process, log);
    }

    /** This program's, without what it names twice: a long one counts against the stack of the main thread. */
    private static String classPath() {
        String separator = System.getProperty("path.separator");
        return Arrays.stream(System.getProperty("java.class.path").split(separator))
                .filter(entry -> !entry.isEmpty())
                .distinct()
                .collect(Collectors.joining(separator));
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Sends SIGKILL to the process id, and waits until the process is gone. */
    void kill() throws IOException, InterruptedException {
        int done = new ProcessBuilder("kill", "-9", Long.toString(process.pid()))
                .start()
                .waitFor();
        if (done != 0 || !process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("kill -9 " + process.pid() + ": " + done + " (expected: 0, and a process that ends)");
        }
    }

    /** Ends it, without waiting. */
    void end() {
        process.destroyForcibly();
    }

    /** Waits for the end; fails unless the exit code is 0. */
    void succeed() throws IOException, InterruptedException {
        int code = process.waitFor();
        if (code != 0) {
            throw new IOException("reflux: exit code " + code + " (expected: 0; see " + log + ")");
        }
    }

    Path log() {
        return log;
    }
}

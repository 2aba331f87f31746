package io.reflux.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The program as a process of its own, on this test's class path. */
final class JavaProcess {
    private JavaProcess() {}

    /** Starts a command; standard error is that of the test. */
    static Process of(String command, Object... arguments) throws IOException {
        return start(List.of(), ProcessBuilder.Redirect.INHERIT, command, arguments);
    }

    /** Starts another program with the line that starts a command behind its own; standard error goes to a file. */
    static Process within(String[] program, Path errors, String command, Object... arguments) throws IOException {
        return start(List.of(program), ProcessBuilder.Redirect.to(errors.toFile()), command, arguments);
    }

    private static Process start(
            List<String> program, ProcessBuilder.Redirect errors, String command, Object... arguments)
            throws IOException {
        List<String> line = new ArrayList<>(program);
        line.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xss16m",
                "-Dai.djl.offline=true",
                "io.reflux.app.Reflux",
                command));
        for (Object argument : arguments) {
            line.add(argument.toString());
        }
        ProcessBuilder process = new ProcessBuilder(line).redirectError(errors);
        // Not as an option: a command line of that length overflows the main thread's stack in native code.
        process.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        process.environment().put("OMP_NUM_THREADS", "1");
        return process.start();
    }
}

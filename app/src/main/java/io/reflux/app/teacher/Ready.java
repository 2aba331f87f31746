package io.reflux.app.teacher;

import io.reflux.app.console.Json;
import io.reflux.model.file.WholeFile;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a teacher says when it serves.
 *
 * @param grpc {@code host:port} for students
 * @param metrics URL of the metrics
 * @param grpcPort port for students
 * @param metricsPort port for operators
 * @param modelDigest SHA-256 of the model, 64 hexadecimal digits
 * @param pid id of the process
 */
record Ready(String grpc, String metrics, int grpcPort, int metricsPort, String modelDigest, long pid) {
    static Ready of(String host, int grpcPort, int metricsPort, String modelDigest) {
        String shown = host.contains(":") ? "[" + host + "]" : host;
        return new Ready(
                shown + ":" + grpcPort,
                "http://" + shown + ":" + metricsPort + "/metrics",
                grpcPort,
                metricsPort,
                modelDigest,
                ProcessHandle.current().pid());
    }

    /** Writes it as JSON: who sees the file sees all of it. */
    void write(Path file) throws IOException {
        WholeFile.write(file, Json.line(this) + "\n");
    }
}

package io.reflux.benchmarks.kill;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A student, and how far it is. */
final class Student {
    private static final Pattern PAGE = Pattern.compile("live page http://localhost:(\\d+)/");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final RefluxProcess process;
    private int port;

    private Student(RefluxProcess process) {
        this.process = process;
    }

    /** Starts or, where there is a checkpoint, resumes. */
    static Student start(Plan plan, Path recipe, Path output, int attempt) throws IOException {
        return new Student(RefluxProcess.start(
                plan.work().resolve(output.getFileName() + "-" + attempt + ".log"),
                "train",
                recipe,
                "--data-dir",
                plan.dataDir(),
                "--output",
                output,
                "--metrics-port",
                0,
                "--resume"));
    }

    boolean alive() {
        return process.alive();
    }

    void kill() throws IOException, InterruptedException {
        process.kill();
    }

    void succeed() throws IOException, InterruptedException {
        process.succeed();
    }

    /** Returns the steps it has made, counted from the beginning of the run; -1 while it does not say. */
    long step() throws InterruptedException {
        try {
            if (port == 0) {
                Matcher page = PAGE.matcher(Files.readString(process.log()));
                port = page.find() ? Integer.parseInt(page.group(1)) : 0;
            }
            if (port == 0) {
                return -1;
            }
            HttpRequest ask = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/progress.json"))
                    .build();
            return JSON.readTree(
                            HTTP.send(ask, HttpResponse.BodyHandlers.ofString()).body())
                    .path("step")
                    .asLong();
        } catch (IOException e) {
            // It is starting or has just ended.
            return -1;
        }
    }
}

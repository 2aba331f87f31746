package io.reflux.benchmarks.kill;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Distils a student from two teachers, once undisturbed and once while teachers and student are killed with SIGKILL, and
 * compares: {@code KillNine WORK DATA_DIR [SET [SAMPLES [EPOCHS [TEACHER_KILLS [STUDENT_KILLS]]]]]}.
 *
 * <p>All are processes of their own. The teachers are in deterministic mode; a killed one is replaced at another port, of which the
 * student learns by the file that it watches; a killed student is started again with {@code --resume}. The exit code is 0 only
 * if both runs end with the same bytes of the model and the same ledger, in which each batch was applied once.
 */
public final class KillNine {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long POLL_MILLIS = 20;

    private final Plan plan;
    private int teacherKills;
    private int studentKills;

    private KillNine(Plan plan) {
        this.plan = plan;
    }

    /** Runs both and compares. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 2 || arguments.length > 7) {
            System.err.println(
                    "usage: KillNine WORK DATA_DIR [SET [SAMPLES [EPOCHS [TEACHER_KILLS [STUDENT_KILLS]]]]]");
            System.exit(2);
        }
        Plan plan = new Plan(
                Files.createDirectories(Path.of(arguments[0])),
                arguments.length > 2 ? arguments[2] : "mnist",
                Path.of(arguments[1]),
                number(arguments, 3, 60_000),
                number(arguments, 4, 3),
                number(arguments, 5, 20),
                number(arguments, 6, 5));
        System.exit(new KillNine(plan).run() ? 0 : 1);
    }

    private static int number(String[] arguments, int index, int otherwise) {
        return arguments.length > index ? Integer.parseInt(arguments[index]) : otherwise;
    }

    private boolean run() throws Exception {
        Path model = teacher();
        double[] seconds = new double[2];
        try (Fleet fleet = new Fleet(plan, model)) {
            Path recipe = plan.work().resolve("student.yaml");
            Files.writeString(recipe, plan.studentRecipe(fleet.addresses()));
            for (String arm : new String[] {"undisturbed", "killed"}) {
                Path output = plan.work().resolve(arm);
                forget(output);
                boolean kill = arm.equals("killed");
                long from = System.nanoTime();
                train(fleet, recipe, output, new ArrayDeque<>(kill ? plan.kills() : List.of()));
                seconds[kill ? 1 : 0] = (System.nanoTime() - from) / 1e9;
            }
        }
        return report(seconds);
    }

    /** What an earlier use of the folder left must not be resumed. */
    private static void forget(Path output) throws IOException {
        if (Files.isDirectory(output)) {
            try (Stream<Path> files = Files.list(output)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private Path teacher() throws Exception {
        Path recipe = plan.work().resolve("teacher.yaml");
        Files.writeString(recipe, plan.teacherRecipe());
        Path output = plan.work().resolve("teacher");
        RefluxProcess.start(
                        plan.work().resolve("teacher.log"),
                        "train",
                        recipe,
                        "--data-dir",
                        plan.dataDir(),
                        "--output",
                        output)
                .succeed();
        return output.resolve("teacher.onnx");
    }

    private void train(Fleet fleet, Path recipe, Path output, Deque<Plan.Kill> kills) throws Exception {
        int attempt = 0;
        Student student = Student.start(plan, recipe, output, attempt++);
        while (student.alive()) {
            fleet.publish();
            Plan.Kill next = kills.peek();
            if (next != null && student.step() >= next.step()) {
                kills.remove();
                if (next.student()) {
                    student.kill();
                    studentKills++;
                    student = Student.start(plan, recipe, output, attempt++);
                } else {
                    fleet.replace(next.teacher());
                    teacherKills++;
                }
            } else {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        }
        student.succeed();
    }

    private boolean report(double[] seconds) throws Exception {
        boolean sameModel = same("student.onnx");
        boolean sameLedger = same("ledger.csv");
        JsonNode undisturbed = ledger("undisturbed");
        JsonNode killed = ledger("killed");
        boolean once = undisturbed.path("exactlyOnce").asBoolean()
                && killed.path("exactlyOnce").asBoolean()
                && killed.path("batches").asLong() == plan.steps()
                && undisturbed.path("batches").asLong() == plan.steps();
        boolean allKilled = teacherKills == plan.teacherKills() && studentKills == plan.studentKills();
        System.out.println("| run | kills of teachers | kills of the student | seconds | batches | each once | labels |"
                + " weights |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        row("undisturbed", 0, 0, seconds[0], undisturbed);
        row("killed", teacherKills, studentKills, seconds[1], killed);
        System.out.println();
        System.out.println("same bytes of the model: " + sameModel + "; same ledger: " + sameLedger
                + "; every batch applied exactly once: " + once + "; killed as planned: " + allKilled);
        return sameModel && sameLedger && once && allKilled;
    }

    private void row(String run, int teachers, int students, double seconds, JsonNode ledger) throws Exception {
        System.out.printf(
                Locale.ROOT,
                "| %s | %d | %d | %.0f | %d | %s | %s | %s |%n",
                run,
                teachers,
                students,
                seconds,
                ledger.path("batches").asLong(),
                ledger.path("exactlyOnce").asBoolean() ? "yes" : "no",
                ledger.path("rollingHash").asText().substring(0, 16),
                digest(run));
    }

    private String digest(String run) throws Exception {
        byte[] bytes = Files.readAllBytes(plan.work().resolve(run).resolve("student.onnx"));
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 8);
    }

    private boolean same(String file) throws IOException {
        return Files.mismatch(
                        plan.work().resolve("undisturbed").resolve(file),
                        plan.work().resolve("killed").resolve(file))
                == -1;
    }

    private JsonNode ledger(String run) throws IOException {
        return JSON.readTree(plan.work().resolve(run).resolve("report.json").toFile())
                .path("ledger");
    }
}

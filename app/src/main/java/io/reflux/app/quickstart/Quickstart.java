package io.reflux.app.quickstart;

import io.reflux.data.DataSplits;
import io.reflux.data.catalog.DataCatalog;
import io.reflux.data.catalog.DataSetSpec;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.recipe.RecipeReader;
import io.reflux.student.report.CompressionReport;
import io.reflux.student.report.Evaluator;
import io.reflux.student.run.RunOptions;
import io.reflux.student.run.RunResult;
import io.reflux.student.run.StudentRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** The quick start, step by step: teacher, student alone, teacher served, student distilled, comparison. */
final class Quickstart {
    /** Where the recipes' data come from. */
    private static final DataSetSpec DATA = new DataSetSpec("glyphs", null, 0, 0, 1);

    private static final String LOOPBACK = "127.0.0.1";

    private final Path output;
    private final PrintWriter story;
    private final RunOptions options;
    private final long start = System.nanoTime();
    private volatile int studentPort;

    /**
     * A quick start.
     *
     * @param output folder of everything it makes
     * @param story receives what a person reads along
     * @param options of each training run
     */
    Quickstart(Path output, PrintWriter story, RunOptions options) {
        this.output = output;
        this.story = story;
        this.options = options.withMetricsPort(0).withMetricsListening(port -> studentPort = port);
    }

    /**
     * Runs all of it.
     *
     * @param atEnd receives the result while the teacher still serves
     * @throws IOException when files cannot be written or the teacher's process does not start
     */
    void run(Consumer<QuickstartResult> atEnd) throws IOException {
        tell("1/4  A teacher learns 20,000 drawn digits by their labels.");
        RunResult teacher = train(QuickstartRecipe.TEACHER, "");
        tell("2/4  A student a twenty-fifth of its size learns 2,000 of them alone.");
        RunResult alone = train(QuickstartRecipe.ALONE, "");
        tell("3/4  The teacher serves, as a second process.");
        try (TeacherProcess process = TeacherProcess.start(teacherArguments(teacher), output.resolve("teacher.log"))) {
            TeacherProcess.Address address = process.address();
            story.println(
                    "     process " + process.pid() + ", gRPC " + address.grpc() + ", metrics " + address.metrics());
            tell("4/4  The same student learns the same 2,000 from the teacher's answers.");
            RunResult distilled = train(QuickstartRecipe.DISTILLED, address.grpc());
            atEnd.accept(compare(teacher, alone, distilled, address));
        }
    }

    private RunResult train(QuickstartRecipe recipe, String teacher) throws IOException {
        Recipe parsed = RecipeReader.read(recipe.write(output, teacher));
        return StudentRun.run(parsed, options);
    }

    private static List<String> teacherArguments(RunResult teacher) {
        return List.of(
                "--model=" + teacher.model(),
                "--data=" + DATA.name(),
                "--data-seed=" + DATA.seed(),
                "--host=" + LOOPBACK,
                "--port=0",
                "--metrics-port=0");
    }

    private QuickstartResult compare(
            RunResult teacher, RunResult alone, RunResult distilled, TeacherProcess.Address address)
            throws IOException {
        DataSplits splits = DataCatalog.open(DATA);
        Evaluator evaluator = new Evaluator(splits);
        long teacherBytes = Files.size(teacher.model());
        return new QuickstartResult(
                row("teacher 784-800-800-10", teacher, teacher, teacherBytes, evaluator),
                row("student 784-64-10 alone", alone, teacher, teacherBytes, evaluator),
                row("student 784-64-10 distilled", distilled, teacher, teacherBytes, evaluator),
                address.metrics(),
                "http://" + LOOPBACK + ":" + studentPort + "/metrics",
                output.toString(),
                (System.nanoTime() - start) / 1e9);
    }

    private static QuickstartResult.Row row(
            String name, RunResult run, RunResult teacher, long teacherBytes, Evaluator evaluator) throws IOException {
        CompressionReport report = run.report();
        long bytes = Files.size(run.model());
        return new QuickstartResult.Row(
                name,
                run.model().toString(),
                bytes,
                (double) teacherBytes / bytes,
                report.student().accuracy(),
                evaluator.agreement(run.model(), teacher.model()),
                report.samplesPerSecond(),
                report.teacher() == null ? null : report.waitingShare());
    }

    private void tell(String line) {
        story.println(line);
        story.flush();
    }
}

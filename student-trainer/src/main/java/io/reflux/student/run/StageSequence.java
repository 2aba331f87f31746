package io.reflux.student.run;

import io.reflux.model.graph.ModelGraph;
import io.reflux.model.step.TrainStep;
import io.reflux.student.checkpoint.Checkpoint;
import io.reflux.student.checkpoint.CheckpointFile;
import io.reflux.student.hint.HintedStudent;
import io.reflux.student.hook.EpochRecord;
import io.reflux.student.hook.EpochTotals;
import io.reflux.student.hook.StepHook;
import io.reflux.student.ledger.Ledger;
import io.reflux.student.recipe.QuantizeConfig;
import io.reflux.student.recipe.Recipe;
import io.reflux.student.source.CurrentSource;
import io.reflux.student.source.SoftLabelSource;
import io.reflux.student.training.StageListener;
import io.reflux.student.training.StagePlan;
import io.reflux.student.training.StageTrainer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The stages of a recipe one after another, with a checkpoint wherever they can be resumed. */
final class StageSequence {
    private final Recipe recipe;
    private final RunOptions options;
    private final RunData data;
    private final RunFolder folder;
    private final Teachers teachers;
    private final StepHook hooks;
    private final CurrentSource current;
    private final List<EpochRecord> history = new ArrayList<>();
    private Ledger ledger = new Ledger();

    StageSequence(
            Recipe recipe,
            RunOptions options,
            RunData data,
            RunFolder folder,
            Teachers teachers,
            StepHook hooks,
            CurrentSource current) {
        this.recipe = recipe;
        this.options = options;
        this.data = data;
        this.folder = folder;
        this.teachers = teachers;
        this.current = current;
        this.hooks = new HookChain(List.of(hooks, new StepHook() {
            @Override
            public void onEpoch(EpochRecord epoch) {
                history.add(epoch);
            }
        }));
    }

    /** Trains through all stages, or from the checkpoint on. */
    Trained run(ModelGraph student) {
        QuantizeStages quantize = new QuantizeStages(recipe, options, data, teachers, current, student);
        SavedRun resumed = options.resume() && Files.exists(folder.checkpoint()) ? resume() : null;
        if (options.resume() && resumed == null) {
            options.out().println("checkpoint " + folder.checkpoint() + ": absent; the run begins anew");
        }
        ModelGraph graph = resumed == null ? student : resumed.graph(student);
        try {
            for (int i = resumed == null ? 0 : resumed.checkpoint().stage();
                    i < recipe.stages().size();
                    i++) {
                if (recipe.stages().get(i) instanceof QuantizeConfig config) {
                    graph = quantize.run(i, config, graph);
                    graph.write(folder.stage(i));
                } else {
                    graph = train(TrainingStage.of(recipe, data, i), graph, resumed);
                }
                resumed = null;
            }
            return new Trained(graph, history, ledger);
        } finally {
            hooks.onEnd();
        }
    }

    private SavedRun resume() {
        SavedRun saved = SavedRun.read(recipe, folder);
        history.addAll(saved.checkpoint().history());
        teachers.goOnWith(saved.checkpoint().teacherDigest());
        ledger = saved.checkpoint().ledger();
        return saved;
    }

    private ModelGraph train(TrainingStage stage, ModelGraph graph, @Nullable SavedRun resumed) {
        StagePlan plan = stage.plan();
        try (SoftLabelSource source = teachers.open(plan)) {
            HintedStudent hinted = HintedStudent.of(
                    graph,
                    stage.hints(),
                    source == null ? List.of() : source.hints(),
                    "stages[" + stage.index() + "]",
                    stage.seed());
            return train(stage, plan, hinted, source, resumed);
        } finally {
            current.set(null);
        }
    }

    private ModelGraph train(
            TrainingStage stage,
            StagePlan plan,
            HintedStudent hinted,
            @Nullable SoftLabelSource source,
            @Nullable SavedRun resumed) {
        try (TrainStep step = TrainStep.compile(
                hinted.graph(),
                StepSettings.loss(stage.config()).withHints(hinted.losses()),
                StepSettings.optimizer(stage.config()),
                StepSettings.options(recipe, stage.config()),
                recipe.device(),
                stage.seed())) {
            if (resumed != null) {
                restore(step, resumed);
            }
            teachers.requireSame(source);
            current.set(source);
            new StageTrainer(plan, step, source, ledger, hooks, options.stop(), System::nanoTime)
                    .run(
                            resumed == null ? 0 : resumed.checkpoint().nextStep(),
                            resumed == null
                                    ? EpochTotals.NONE
                                    : resumed.checkpoint().partial(),
                            checkpoints(plan, step));
            return hinted.stripped(step.export());
        }
    }

    private static void restore(TrainStep step, SavedRun resumed) {
        try {
            step.restore(resumed.checkpoint().state());
        } catch (IllegalArgumentException e) {
            throw resumed.otherStudent(e);
        }
    }

    private StageListener checkpoints(StagePlan plan, TrainStep step) {
        int everyEpochs = recipe.export().checkpointEveryEpochs();
        int everySteps = recipe.export().checkpointEverySteps();
        return (nextStep, partial, occasion) -> {
            boolean epochs =
                    occasion == StageListener.Occasion.EPOCH && everyEpochs > 0 && history.size() % everyEpochs == 0;
            boolean steps = everySteps > 0 && nextStep % everySteps == 0;
            // However many epochs there are: what is trained can be exported anew.
            boolean end = (everyEpochs > 0 || everySteps > 0) && nextStep == plan.steps();
            if (occasion == StageListener.Occasion.STOP || epochs || steps || end) {
                CheckpointFile.write(
                        folder.checkpoint(),
                        new Checkpoint(
                                recipe.digest(),
                                teachers.modelDigest(),
                                plan.index(),
                                nextStep,
                                partial,
                                history,
                                step.state(),
                                ledger));
            }
        };
    }
}

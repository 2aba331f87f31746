package io.reflux.student.run;

import io.reflux.student.hook.EpochRecord;
import io.reflux.student.hook.StageStart;
import io.reflux.student.hook.StepHook;
import io.reflux.student.hook.StepRecord;
import java.util.List;

/** Several hooks as one, told in order. */
final class HookChain implements StepHook {
    private final List<StepHook> hooks;

    HookChain(List<StepHook> hooks) {
        this.hooks = List.copyOf(hooks);
    }

    @Override
    public void onStage(StageStart start) {
        hooks.forEach(hook -> hook.onStage(start));
    }

    @Override
    public void onStep(StepRecord step) {
        hooks.forEach(hook -> hook.onStep(step));
    }

    @Override
    public void onEpoch(EpochRecord epoch) {
        hooks.forEach(hook -> hook.onEpoch(epoch));
    }

    @Override
    public void onEnd() {
        hooks.forEach(StepHook::onEnd);
    }
}

// Pausing from the tray.

import { dialog } from 'electron';

/** Did the person mean it? The button that changes nothing comes first. */
export async function confirmPause(minutes: number): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    message: `Pause masking and holding for ${minutes} minutes?`,
    detail: 'Until then secrets are not masked and risky outputs are not held. Everything is still logged.',
    buttons: ['Cancel', 'Pause'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  return response === 1;
}

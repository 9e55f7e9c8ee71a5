; What the app registers for its user while it runs goes with it: start at login, and scrim:// links.
!macro customUnInstall
  ${ifNot} ${isUpdated}
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "dev.scrim.desktop"
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run" "dev.scrim.desktop"
    DeleteRegKey HKCU "Software\Classes\scrim"
  ${endIf}
!macroend

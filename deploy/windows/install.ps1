<#
.SYNOPSIS
  Runs chi-server from the start of Windows on, by what Windows has: a task of the
  Task Scheduler, and a rule of the firewall. See docs/deploy.md.

.DESCRIPTION
  For Windows 10 or Server 2016, and later. Run it in PowerShell as an administrator,
  beside chi-server.exe, config.json and, if there is one, token. It copies them, and
  may be run again for a new version or configuration.

  chi-server is a console program, so that New-Service cannot start it. For a real
  service, with a log, see chi-server-service.xml.

.PARAMETER Source
  The folder with the files. Default: that of this script.

.PARAMETER Port
  The port that chi-server serves on, and that the firewall opens. Default: the
  http-port of config.json, else 8080.

.PARAMETER RemoteAddress
  Who may come through the firewall. Default: whoever is in the same subnet.

.PARAMETER Uninstall
  Takes the task, the rule, the program and the token away; the configuration and
  the past stay.

.EXAMPLE
  powershell -ExecutionPolicy Bypass -File install.ps1 -RemoteAddress 10.0.0.0/24
#>
#Requires -Version 5.1
#Requires -RunAsAdministrator
[CmdletBinding()]
param(
    [string] $Source = $PSScriptRoot,
    [ValidateRange(1, 65535)] [int] $Port = 8080,
    [string[]] $RemoteAddress = 'LocalSubnet',
    [switch] $Uninstall
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$name = 'chi-server'
$programFolder = Join-Path $env:ProgramFiles $name
$program = Join-Path $programFolder 'chi-server.exe'
$dataFolder = Join-Path $env:ProgramData $name
$config = Join-Path $dataFolder 'config.json'
$token = Join-Path $dataFolder 'token'

# Anybody may make folders and files in ProgramData before this script does: a token that
# he knows, a file that stays his, a junction to a folder whose rights would be changed.
function Assert-Own([string] $Path) {
    if (-not (Test-Path -LiteralPath $Path)) { return }
    $found = Get-Item -LiteralPath $Path -Force
    if ($found.Attributes -band [IO.FileAttributes]::ReparsePoint) {
        throw "$Path is a link to somewhere else: take it away, and run this again"
    }
    $owner = (Get-Acl -LiteralPath $Path).GetOwner([Security.Principal.SecurityIdentifier]).Value
    $self = [Security.Principal.WindowsIdentity]::GetCurrent().User.Value
    if ($owner -notin 'S-1-5-18', 'S-1-5-32-544', $self) {
        throw "$Path belongs to another user ($owner): move it away, and run this again"
    }
}

# Ends what an earlier run of this script has started, and nothing else. A task is
# ended without a signal: requests on their way are cut off.
Get-ScheduledTask -TaskName $name -ErrorAction SilentlyContinue | Stop-ScheduledTask
Get-Process -Name $name -ErrorAction SilentlyContinue |
    Where-Object { $_.Path -eq $program } |
    ForEach-Object { Stop-Process -InputObject $_ -Force; $_.WaitForExit() }
Get-ScheduledTask -TaskName $name -ErrorAction SilentlyContinue |
    Unregister-ScheduledTask -Confirm:$false
Get-NetFirewallRule -Name $name -ErrorAction SilentlyContinue | Remove-NetFirewallRule

if ($Uninstall) {
    if (Test-Path $programFolder) { Remove-Item -Recurse -Force $programFolder }
    # A token that stays would count again after the next installation.
    Assert-Own $dataFolder
    if (Test-Path $token) { Remove-Item -Force $token }
    Write-Host "Removed. The configuration and the past are still in $dataFolder"
    return
}

# Only administrators may write in Program Files, and everybody may read there.
New-Item -ItemType Directory -Force $programFolder | Out-Null
Copy-Item -Force (Join-Path $Source 'chi-server.exe') $program
# A file from the internet is marked as one.
Unblock-File $program

# Anybody may make files in a folder of ProgramData: this one is for the system
# (S-1-5-18), administrators (S-1-5-32-544) and, to read, LOCAL SERVICE (S-1-5-19)
# only. Names of accounts differ by language, these do not. What is in it inherits
# that: /T would follow a junction.
New-Item -ItemType Directory -Force $dataFolder | Out-Null
foreach ($path in $dataFolder, $config, $token) { Assert-Own $path }
& icacls.exe $dataFolder /setowner '*S-1-5-32-544' /Q | Out-Null
if ($LASTEXITCODE -ne 0) { throw "icacls could not take $dataFolder over" }
& icacls.exe $dataFolder /inheritance:r /grant:r `
    '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' '*S-1-5-19:(OI)(CI)R' /Q | Out-Null
if ($LASTEXITCODE -ne 0) { throw "icacls could not protect $dataFolder" }
Copy-Item -Force (Join-Path $Source 'config.json') $config
# What rigs did, for three years: the one folder where the program may write.
$historyFolder = Join-Path $dataFolder 'history'
New-Item -ItemType Directory -Force $historyFolder | Out-Null
Assert-Own $historyFolder
& icacls.exe $historyFolder /grant '*S-1-5-19:(OI)(CI)M' /Q | Out-Null
if ($LASTEXITCODE -ne 0) { throw "icacls could not open $historyFolder" }
$past = Join-Path $historyFolder 'past.db'
# What is served and what the firewall opens are one port, whatever the file says.
$served = [regex]::Match((Get-Content -Raw $config), '"http-port"\s*:\s*"?(\d+)')
if ($served.Success -and -not $PSBoundParameters.ContainsKey('Port')) {
    $Port = [int] $served.Groups[1].Value
}
$arguments = "--config `"$config`" --http-port $Port --history `"$past`" --log off"
if (Test-Path (Join-Path $Source 'token')) {
    Copy-Item -Force (Join-Path $Source 'token') $token
}
if (Test-Path $token) { $arguments += " --token-file `"$token`"" }

# A wrong option or file would end it with status 2 and nobody to read why.
$action = New-ScheduledTaskAction -Execute $program -Argument $arguments `
    -WorkingDirectory $dataFolder
# At the start of Windows; and every minute, in case that it has ended: while it
# runs, a second one is not started.
$atStart = New-ScheduledTaskTrigger -AtStartup
$everyMinute = New-ScheduledTaskTrigger -Once -At (Get-Date) `
    -RepetitionInterval (New-TimeSpan -Minutes 1)
# An account without a password that may do next to nothing here. (NETWORK SERVICE
# would show the machine's account to the network.)
$principal = New-ScheduledTaskPrincipal -UserId 'LOCALSERVICE' -LogonType ServiceAccount `
    -RunLevel Limited
# A task is stopped after 3 days, and on battery, and has a low priority (7), if
# nobody says otherwise.
$settings = New-ScheduledTaskSettingsSet -MultipleInstances IgnoreNew `
    -ExecutionTimeLimit ([TimeSpan]::Zero) -StartWhenAvailable `
    -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries -Priority 5
Register-ScheduledTask -TaskName $name -Action $action -Trigger $atStart, $everyMinute `
    -Principal $principal -Settings $settings `
    -Description 'HTTP gateway for the CGMiner RPC API of mining rigs' | Out-Null

# For this program only, and not in networks that Windows calls public.
New-NetFirewallRule -Name $name -DisplayName 'chi-server' -Direction Inbound -Action Allow `
    -Program $program -Protocol TCP -LocalPort $Port -RemoteAddress $RemoteAddress `
    -Profile @('Domain', 'Private') | Out-Null

Start-ScheduledTask -TaskName $name
Start-Sleep -Seconds 3
$result = (Get-ScheduledTaskInfo -TaskName $name).LastTaskResult
# 0x41301: it runs.
if ($result -ne 0x41301) {
    throw "chi-server has ended with status ${result}: run & '$program' $arguments to see why"
}
Write-Host "Installed: http://localhost:$Port/"
# Every network is public until somebody says otherwise.
foreach ($network in @(Get-NetConnectionProfile -NetworkCategory Public -ErrorAction SilentlyContinue)) {
    Write-Warning ("Windows calls the network '$($network.Name)' public, and lets nobody in from there. " +
        "If it is yours: Set-NetConnectionProfile -InterfaceIndex $($network.InterfaceIndex) -NetworkCategory Private")
}
